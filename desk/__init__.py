"""Where editors decide: a private web desk on 127.0.0.1."""
