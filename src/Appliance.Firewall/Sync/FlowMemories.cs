namespace Appliance.Firewall;

/// <summary>Which memories of sticky sources hold a state's source, as bits of a record.</summary>
internal static class FlowMemories
{
    public const byte Source = 1, Destination = 2, Way = 4;

    public static byte Of(in FlowRecord state) => (byte)((state.StickySource != 0 ? Source : 0)
        | (state.StickyDestination != 0 ? Destination : 0) | (state.StickyWay != 0 ? Way : 0));
}
