# Floor 2: the pure core.

noinst_LIBRARIES += daemon/core/libcore.a

# Expected: core job life event queue lane place array wait why intern config outbox
daemon_core_libcore_a_SOURCES =
