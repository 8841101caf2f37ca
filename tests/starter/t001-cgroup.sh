#!/bin/bash
# The starter and the shepherd, with cgroups where the host has them.
# Proves: T9 T11 T12
. "$(dirname "$0")/run.sh"
run_driver
