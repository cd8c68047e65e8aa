"""Who signed this? Ed25519 keys as PEM files: `NAME.key` is kept secret, `NAME.pub` is given away."""

from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

from cadline.errors import Refused

SECRET_SUFFIX, PUBLIC_SUFFIX = ".key", ".pub"
ONLY_FOR_ITS_OWNER = 0o600


@dataclass(frozen=True)
class PublicKey:
    """What a signature is verified with. name: of its file. id: the SHA-256 of the key, 16 digits of it."""

    name: str
    key: Ed25519PublicKey

    @property
    def id(self) -> str:
        """Name the key by what it is."""
        return sha256(self.key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]

    def signed(self, text: bytes, signature: bytes) -> bool:
        """Return whether the key's owner signed exactly these bytes."""
        try:
            self.key.verify(signature, text)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True)
class SecretKey:
    """What signs. public: the key that verifies."""

    public: PublicKey
    key: Ed25519PrivateKey

    def sign(self, text: bytes) -> bytes:
        """Return the signature of these bytes, 64 bytes long."""
        return self.key.sign(text)


def make_key(folder: Path, name: str) -> PublicKey:
    """Make a pair of keys in a folder. Raises Refused where one of that name is there: a key is not lost."""
    secret, public = folder / f"{name}{SECRET_SUFFIX}", folder / f"{name}{PUBLIC_SUFFIX}"
    if taken := [str(file) for file in (secret, public) if file.exists()]:
        raise Refused(f"{' and '.join(taken)} is there already; take another name, or move it away")
    folder.mkdir(parents=True, exist_ok=True)
    key = Ed25519PrivateKey.generate()
    secret.touch(mode=ONLY_FOR_ITS_OWNER)
    secret.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return PublicKey(name, key.public_key())


def secret_key(file: Path) -> SecretKey:
    """Read a key that signs. Raises Refused for a file that holds none."""
    try:
        key = load_pem_private_key(_bytes_of(file), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PrivateKey):
        raise Refused(f"{file} holds no Ed25519 key that signs (PEM); `cadline certify keys new` makes one")
    return SecretKey(PublicKey(file.stem, key.public_key()), key)


def public_key(file: Path) -> PublicKey:
    """Read a key that verifies. Raises Refused for a file that holds none."""
    try:
        key = load_pem_public_key(_bytes_of(file))
    except (ValueError, UnsupportedAlgorithm):
        key = None
    if not isinstance(key, Ed25519PublicKey):
        raise Refused(f"{file} holds no Ed25519 key that verifies (PEM); ask its owner for the .pub file")
    return PublicKey(file.stem, key)


def trusted_keys(folder: Path) -> tuple[PublicKey, ...]:
    """Return the keys of a folder whose signatures are believed; none where there is no such folder."""
    return tuple(public_key(file) for file in sorted(folder.glob(f"*{PUBLIC_SUFFIX}")))


def _bytes_of(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}") from None
