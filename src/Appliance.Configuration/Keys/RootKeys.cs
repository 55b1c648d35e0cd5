namespace Appliance.Configuration.Keys;

internal static class RootKeys
{
    public static readonly ScalarKey<int> Version = new("version", new NumberKind(1, 1));
    public static readonly ScalarKey<string> Name = new("name", Kinds.PortName);
    public static readonly ScalarKey<int> Vcpus = new("vcpus", new NumberKind(1, Limits.Vcpus));
    public static readonly NamedSectionsKey Ports = new("ports", Kinds.PortName, PortKeys.Section, Limits.Ports) { IsRequired = true };
    public static readonly SectionListKey Routes = new("routes", RouteKeys.Section, Limits.Routes);
    public static readonly SectionListKey Neighbors = new("neighbors", NeighborKeys.Section, Limits.Neighbors);
    public static readonly SectionKey Firewall = new("firewall", FirewallKeys.Section);
    public static readonly SectionKey Vrss = new("vrss", SteeringKeys.Section);
    public static readonly SectionKey HighAvailability = new("high-availability", HighAvailabilityKeys.Section);
    public static readonly SectionKey Management = new("management", ManagementKeys.Section);

    public static readonly Section Section =
        new("a configuration", Version, Name, Vcpus, Ports, Routes, Neighbors, Firewall, Vrss, HighAvailability, Management);
}
