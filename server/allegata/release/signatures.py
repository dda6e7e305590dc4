"""Signs and verifies the text of a nanopublication with RSA or DSA over SHA-256 (the package `cryptography`, an extra)."""

from __future__ import annotations

import base64
import binascii
from pathlib import Path

from allegata.errors import UsageError

_MISSING = "allegata[nanopub] is not installed."


def verifies(signature: str, key: str, algorithm: str, text: bytes) -> str:
    """Return nothing where a signature holds, else in a sentence why it does not; key and signature are in Base64."""
    try:
        from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import dsa, padding, rsa
        from cryptography.hazmat.primitives.serialization import load_der_public_key
    except ImportError:
        raise UsageError(f"A signature cannot be verified: {_MISSING}", remedy="pip install allegata[nanopub]") from None
    try:
        public = load_der_public_key(base64.b64decode("".join(key.split())))
        value = base64.b64decode("".join(signature.split()))
        if algorithm == "RSA" and isinstance(public, rsa.RSAPublicKey):
            public.verify(value, text, padding.PKCS1v15(), hashes.SHA256())
        elif algorithm == "DSA" and isinstance(public, dsa.DSAPublicKey):
            public.verify(value, text, hashes.SHA256())
        else:
            return f"The public key is not one of {algorithm}."
    except InvalidSignature:
        return "Its signature is not one of what it states by its public key."
    except (ValueError, binascii.Error, UnsupportedAlgorithm) as error:
        return f"Its public key or signature cannot be read: {error}"
    return ""


class Signer:
    """Signs with an RSA key; `agent` is the IRI of whose key it is."""

    def __init__(self, path: Path, agent: str):
        try:
            from cryptography.hazmat.primitives.asymmetric import rsa
            from cryptography.hazmat.primitives.serialization import load_der_private_key, load_pem_private_key
        except ImportError:
            raise UsageError(f"Nothing can be signed: {_MISSING}", remedy="pip install allegata[nanopub]") from None
        data = path.read_bytes()
        try:
            key = (
                load_pem_private_key(data, None)
                if data.startswith(b"-----")
                else load_der_private_key(base64.b64decode(b"".join(data.split())), None)
            )
        except (ValueError, TypeError, binascii.Error):
            raise UsageError(
                f"{path} holds no RSA key that can be read.", remedy="Give one in PKCS #8 without a passphrase."
            ) from None
        if not isinstance(key, rsa.RSAPrivateKey):
            raise UsageError(f"{path} holds another key than one of RSA.")
        self.agent, self._key = agent, key

    @property
    def public_key(self) -> str:
        """Return the public key in Base64 (SubjectPublicKeyInfo)."""
        from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

        data = self._key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
        return base64.b64encode(data).decode()

    def sign(self, text: str) -> str:
        """Return the signature of a text in Base64."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        return base64.b64encode(self._key.sign(text.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
