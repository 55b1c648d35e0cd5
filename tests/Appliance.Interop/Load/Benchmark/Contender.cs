namespace Appliance.Interop.Load;

/// <summary>Who forwards between the two hosts.</summary>
internal enum Contender
{
    Kernel,                 // ip_forward
    KernelMasquerade,       // and nftables, stateful, with masquerade
    Appliance,              // stateful, with NAT
    Cable,                  // nobody: what the hosts themselves can do
}
