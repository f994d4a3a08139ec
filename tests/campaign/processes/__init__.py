"""Histories of the campaign with real workers: a process for each, which reaches both systems over
sockets and the ledger in its file or bucket, and is killed by `kill -9`.

    street.py     both systems on ports of loopback, with a clock that is moved by hand
    worker.py     what happens in the process of one worker
    history.py    `ProcessHistory`: rounds are processes, the ledger is SQLite or S3
    __main__.py   so many histories of a seed, and the sums
"""
