"""A server that answers as it is told, once."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


Answer = Callable[[socket.socket], None]


@contextmanager
def served(
    answer: Answer, certificate: Path | None = None
) -> Iterator[tuple[str, list[bytes]]]:
    """Answer every connection by hand; yield the address and what was asked.

    With a certificate the line is encrypted.
    """
    asked: list[bytes] = []
    encryption = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if certificate:
        encryption.load_cert_chain(certificate)
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    line, _ = listener.accept()
                except OSError:
                    return
                try:
                    if certificate:
                        line = encryption.wrap_socket(line, server_side=True)
                except OSError:
                    continue
                with line:
                    asked.append(line.recv(65536))
                    try:
                        answer(line)
                    except OSError:
                        asked.append(b"hung up")

        thread = Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/", asked
        listener.shutdown(socket.SHUT_RDWR)
    thread.join()


def whole(body: bytes, more: bytes = b"") -> Answer:
    length = f"Content-Length: {len(body)}\r\n".encode()
    return lambda line: line.sendall(HEAD + more + length + b"\r\n" + body)
