input("> ")
