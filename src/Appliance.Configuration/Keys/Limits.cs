namespace Appliance.Configuration.Keys;

/// <summary>How much a configuration may ask for. Each is in an error message, and those of lists are in the JSON Schema.</summary>
internal static class Limits
{
    public const int Vcpus = RuntimeModel.MaximumVcpus;
    public const int PhysicalPorts = 255;                             // the ordinal is one octet of a port's own MAC
    public const int Ports = 8192;                                    // every VLAN of one trunk, and as many again
    public const int VlanTags = 4;                                    // one service and one customer tag (IEEE 802.1Q), twice
    public const int AddressesPerPort = 1024;
    public const int GroupsPerPort = 64;
    public const int Routes = 65_536;
    public const int NextHops = 64;
    public const int DifferentWays = 32_768;                          // what a forwarding table can tell apart
    public const int Neighbors = 65_536;
    public const int CarpGroups = 4096;
    public const int AddressesPerCarpGroup = 255;
}
