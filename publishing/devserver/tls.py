"""https beside http: a certificate for this machine, made once and kept with the portal's contents."""

from __future__ import annotations

import ipaddress
import socket
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from publishing.devserver.server import PortalServer, QuietServer

DAYS = 365


def certificate(directory: Path) -> Path:
    """The file of the certificate, which is its own authority: give it to clients as their CA file.

    It is made anew when it is missing or about to end. The key lies beside it, closed to others.
    """
    path, key_path = directory / "standin-ca.pem", directory / "standin-key.pem"
    now = datetime.now(UTC)
    if path.exists() and key_path.exists():
        known = x509.load_pem_x509_certificate(path.read_bytes())
        if known.not_valid_after_utc > now + timedelta(days=1):
            return path
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Stand-in portal")])
    names: list[x509.GeneralName] = [x509.DNSName("localhost")]
    names += [x509.IPAddress(ipaddress.ip_address(text)) for text in ("127.0.0.1", "::1")]
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(minutes=5))
        .not_valid_after(now + timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    directory.mkdir(parents=True, exist_ok=True)
    key_path.touch(mode=0o600)
    key_path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    return path


class TlsServer(QuietServer):
    """The same portal behind TLS: one store, one set of faults, one log with the server that it stands beside."""

    def __init__(self, address: tuple[str, int], plain: PortalServer, ca_file: Path) -> None:
        self.plain = plain
        self.scheme = "https"
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(ca_file, ca_file.with_name("standin-key.pem"))
        handler: Any = plain.RequestHandlerClass
        super().__init__(address, handler)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.plain, name)

    def get_request(self) -> tuple[socket.socket, Any]:
        # The handshake waits for the thread of the request: a client that never speaks stops nobody else.
        connection, address = super().get_request()
        wrapped = self.context.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
        return wrapped, address
