"""The measure of reading codes from camera frames: a made corpus, real photographs, films of hand-held phones."""
