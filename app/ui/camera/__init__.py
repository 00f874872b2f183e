"""The camera that reads codes: where its pictures come from, who reads them, what the person sees."""
