"""Owns the sale screen: basket, payment, change, parked baskets, last tickets."""
