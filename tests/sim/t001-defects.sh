#!/bin/bash
# t001-defects.sh: what the simulator would notice, under the name by which tests are found.
exec bash "$(dirname "$0")/defects.sh"
