try:
    input("> ")
except KeyboardInterrupt:
    print("bye")
