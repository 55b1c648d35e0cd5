namespace Appliance.Configuration;

/// <summary>Whose CARP the other speakers of a group speak, where that makes a difference.</summary>
public enum CarpDialect
{
    FreeBsd,                                                          // and this program
    OpenBsd,                                                          // proofs without link-local addresses, the demotion byte
    Ucarp,                                                            // one IPv4 address, at the port's own MAC address
}
