namespace Appliance.Configuration;

/// <summary>At which MAC address the virtual addresses of a CARP group are.</summary>
public enum CarpLinkAddress
{
    Virtual,                                                          // 00:00:5e:00:01:VHID, which moves with them
    Port,                                                             // the port's own, for hypervisors that let no other in or out
}
