"""Photographs of faces, fingerprints and other marks of the body: files, addresses of files, or the data itself."""

from __future__ import annotations

from privacy.evidence import Detector, fits_regex

_FILE = r"\S.*\.(?:jpe?g|png|gif|bmp|tiff?|heic|webp|wsq|an2|nist|wav|mp3|m4a|mp4|dcm)(?:\?\S*)?"

DETECTOR = Detector(
    name="biometric",
    version=1,
    entity="BIOMETRIC",
    label="photograph or biometric mark",
    group="direct",
    explanation=(
        "Image and sound files, addresses or encoded data in a column named after a face, a finger or a "
        "voice."
    ),
    headers=(
        *("photo", "photograph", "headshot", "mugshot", "mug shot", "portrait", "face image"),
        *("facial image", "face", "fingerprint", "finger print", "iris scan", "retina", "retina scan"),
        *("voice print", "voiceprint", "voice recording", "dna", "dna profile", "biometric"),
        *("face encoding", "palm print", "selfie", "profile picture", "profile photo", "avatar"),
        *("face embedding", "signature image", "body cam", "patient photo", "id photo"),
    ),
    fits=fits_regex(
        rf"{_FILE}|https?://\S+|data:image/\S+|[A-Za-z0-9+/=_-]{{60,}}|[\[(][-0-9., ]{{40,}}[\])]"
        rf"|[0-9A-F]{{32,}}"
    ),
    against=(
        *("site", "park", "building", "pothole", "tree", "credit", "enforcement", "radar", "caption"),
        *("taken", "date", "voltaic", "speed", "red", "light", "street", "sign", "survey", "ballot"),
        *("type", "value", "rock", "before", "after", "cliff"),
    ),
    types=("text",),
    named="confirm",
)
