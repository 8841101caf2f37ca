# Scripts are run from the checkout and not installed.

EXTRA_DIST += scripts .ci
