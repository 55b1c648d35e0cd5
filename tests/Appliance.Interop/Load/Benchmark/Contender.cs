namespace Appliance.Interop.Load;

/// <summary>Who forwards between the two hosts.</summary>
internal enum Contender
{
    Kernel,                 // ip_forward
    KernelMasquerade,       // and nftables, stateful, with masquerade
    KernelSteered,          // the same on a processor of its own
    Appliance,              // stateful, with NAT
    ApplianceSteered,       // and rps: on: it receives on its worker's processor, too
    Cable,                  // nobody: what the hosts themselves can do
}
