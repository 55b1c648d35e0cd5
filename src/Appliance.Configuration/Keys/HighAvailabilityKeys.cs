namespace Appliance.Configuration.Keys;

internal static class HighAvailabilityKeys
{
    public static readonly ScalarKey<bool> Preempt = new("preempt", Kinds.Switch);
    public static readonly SectionListKey Carp = new("carp", CarpKeys.Section, Limits.CarpGroups);
    public static readonly SectionKey Sync = new("sync", SyncKeys.Section);

    public static readonly ScalarKey<PeerPolicy> Peers =
        new("peers", new WordKind<PeerPolicy>(("pair", PeerPolicy.Pair), ("open", PeerPolicy.Open)));

    public static readonly Section Section = new("high-availability", Preempt, Carp, Sync, Peers);
}
