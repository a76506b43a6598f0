# Attempts: to write outside of its own folders, and to plant things where somebody may come by later: symbolic and
# hard links, FIFOs, in place of its own program too. Lists every folder that it could write to.
import os

print('ready', flush=True)
def attempt(what, deed):
    try:
        deed()
        print('done', what)
    except OSError as error:
        print('refused', what, error.strerror)
attempt('/usr/bin/python3', lambda: open('/usr/bin/python3', 'ab'))
attempt('/usr/planted', lambda: open('/usr/planted', 'w'))
attempt('/etc/hosts', lambda: open('/etc/hosts', 'w'))
attempt('/etc/planted', lambda: open('/etc/planted', 'w'))
attempt('/planted', lambda: os.mkdir('/planted'))
attempt('/dev/planted', lambda: os.mkdir('/dev/planted'))
attempt('chmod /usr', lambda: os.chmod('/usr', 0o777))
attempt('device', lambda: os.mknod('/tmp/disk', 0o60666, os.makedev(8, 0)))
attempt('hard link', lambda: os.link('/usr/bin/python3', '/tmp/linked'))
writable = []
for folder, folders, _ in os.walk('/'):
    if folder == '/':
        folders.remove('proc')
    if os.access(folder, os.W_OK):
        writable.append(folder)
print('writable', writable)
for line in open('/proc/self/mountinfo'):
    mount, kind = line.split(' - ')
    point, options = mount.split()[4:6]
    if 'ro' not in options.split(','):
        print('mounted', kind.split()[0], point)
for folder in ['/home/learner', '/tmp', '/dev/shm']:
    os.symlink('/etc/passwd', f'{folder}/planted')
    os.mkfifo(f'{folder}/pipe')
os.unlink('/home/learner/hostile.py')
os.mkfifo('/home/learner/hostile.py')
print('planted')
