#!/bin/bash
# The same as one ordinary user, with no privilege anywhere.
# Proves: T9 T11 T12
. "$(dirname "$0")/run.sh"
run_personal
