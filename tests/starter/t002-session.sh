#!/bin/bash
# The same where there are no cgroups: sessions and the subreaper.
# Proves: T9 T11 T12
. "$(dirname "$0")/run.sh"
run_driver --no-cgroup
