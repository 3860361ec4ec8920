"""Which general site a part of the body belongs to, by its English words."""

import re

from skindesk.domain.case import Site

_SITES = (
    (
        Site.ORAL_GENITAL,
        "mucosa|mucosal|oral|tongue|gingiva|palate|uvula|pharynx|oropharynx|tooth|teeth|frenulum|penis|penile|glans|scrotum"
        "|scrotal|labium|labia|vulva|vulval|vagina|vaginal|clitoris|urethral|genital|genitalia|perineum|anus|anal|perianal"
        "|foreskin|prepuce",
    ),
    (
        Site.HEAD_NECK,
        "scalp|head|face|facial|forehead|temple|temporal|parietal|occipital|vertex|nose|nasal|nasi|nasolabial|infraalar"
        "|paranasal|eye|eyelid|eyelash|eyebrow|canthus|caruncle|cornea|iris|sclera|retina|lip|chin|cheek|jaw|jawline"
        "|submandibular|submental|perioral|philtrum|ear|pinna|helix|antihelix|tragus|antitragus|concha|intertragal"
        "|auditory|auricular|preauricular|postauricular|neck|nuchal|nape|hair",
    ),
    (Site.UPPER_EXTREMITY, "wrist"),
    (Site.PALMS_SOLES, "palm|palmar|thenar|hypothenar|sole|plantar"),
    (
        Site.UPPER_EXTREMITY,
        "arm|upperarm|forearm|elbow|antecubital|hand|finger|thumb|shoulder|upper extremity|upper limb",
    ),
    (
        Site.LOWER_EXTREMITY,
        "leg|thigh|knee|popliteal|ankle|foot|heel|toe|calf|shin|hip|lower extremity|lower limb",
    ),
    (Site.LATERAL_TORSO, "flank|axilla|lateral (?:torso|trunk|thorax)|side of (?:torso|trunk|chest)"),
    (
        Site.POSTERIOR_TORSO,
        "back|buttock|gluteal|paraspinal|lumbar|sacral|scapular|posterior (?:torso|trunk|thorax|surface of thorax)",
    ),
    (
        Site.ANTERIOR_TORSO,
        "chest|breast|areola|nipple|sternal|sternum|thorax|infraclavicular|abdomen|abdominal|umbilicus|epigastric"
        "|hypogastric|inguinal|groin|pubic|trunk",
    ),
)
"""In this order: the skin of the palmar area of the wrist is the arm's, and the palm of the hand is not."""

_PATTERNS = tuple((site, re.compile(rf"\b(?:{words})s?\b")) for site, words in _SITES)


def site_of(words: str) -> Site:
    """The site of a part named as DICOM's lists do (PS3.16, CID 4029), such as "Skin of forearm"; else unknown."""
    lowered = words.casefold()
    return next((site for site, pattern in _PATTERNS if pattern.search(lowered)), Site.UNKNOWN)
