# Attempts: to take over the terminal of whoever looks: to rename its window, clear it, write backwards, and to be
# read wrongly as text.
import os

os.write(1, b'ready\n\x1b]0;owned\x07\x1b[2J\x1b[?1049h\x9b31m\xff\xfe\x00 \xe2\x80\xaegnp.exe <script>alert(1)</script>\n')
