# Attempts: to have the engine say that the processor's time is over, by the signal that tells so.
import os, signal

signal.signal(signal.SIGXCPU, signal.SIG_IGN)
print('ready', flush=True)
os.kill(os.getpid(), signal.SIGXCPU)
print('sent')
