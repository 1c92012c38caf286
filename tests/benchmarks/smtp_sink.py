"""An SMTP server that takes everything as fast as Python can: ``python -m tests.benchmarks.smtp_sink`` prints its port."""

from __future__ import annotations

import socketserver

ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go\r\n", b"QUIT": b"221 bye\r\n"}


class Sink(socketserver.StreamRequestHandler):
    rbufsize = 1 << 20

    def handle(self) -> None:
        self.wfile.write(b"220 sink\r\n")
        for line in self.rfile:
            word = line[:4].upper()
            self.wfile.write(ANSWERS.get(word, b"250 ok\r\n"))
            if word == b"QUIT":
                return
            if word == b"DATA":
                while self.rfile.readline() != b".\r\n":
                    pass
                self.wfile.write(b"250 taken\r\n")


def main() -> None:
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Sink) as server:
        server.daemon_threads = True
        print(server.server_address[1], flush=True)
        server.serve_forever()


if __name__ == "__main__":
    main()
