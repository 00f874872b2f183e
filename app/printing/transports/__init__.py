"""Ways from a job's bytes to a device, one module each. Never knows what the bytes say, never repeats them.

`talk` is what a printer that answers is asked before and after a job; `network`, `serial_port` and `device_file` talk
with it; `cups` and `windows` hand a job to the system's spooler and watch what becomes of it; `choose` reads a profile.
Each tells the same: sent, or `PrinterUnavailable` whose reason is `unknown` if some of it may be on paper.
"""
