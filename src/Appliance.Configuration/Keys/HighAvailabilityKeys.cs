namespace Appliance.Configuration.Keys;

internal static class HighAvailabilityKeys
{
    public static readonly ScalarKey<bool> Preempt = new("preempt", Kinds.Switch);
    public static readonly ScalarKey<int> PreemptHoldDown = new("preempt-hold-down-seconds", new NumberKind(0, 3600));
    public static readonly SectionListKey Carp = new("carp", CarpKeys.Section, Limits.CarpGroups);
    public static readonly SectionKey Sync = new("sync", SyncKeys.Section);

    public static readonly ScalarKey<PeerPolicy> Peers =
        new("peers", new WordKind<PeerPolicy>(("pair", PeerPolicy.Pair), ("open", PeerPolicy.Open)));

    public static readonly ScalarKey<int> Dscp = new("dscp", new NumberKind(0, 63));
    public static readonly ScalarKey<int> InterfaceDownDemotion = new("interface-down-demotion", new NumberKind(0, 240));
    public static readonly ScalarKey<int> SendErrorDemotion = new("send-error-demotion", new NumberKind(0, 240));

    public static readonly Section Section = new(
        "high-availability", Preempt, PreemptHoldDown, Carp, Sync, Peers, Dscp, InterfaceDownDemotion, SendErrorDemotion);
}
