namespace Appliance.Ports.Linux;

/// <summary>What a device does by itself, as its driver says. The rest the kernel does for it, at the processor's cost.</summary>
/// <param name="ReceiveChecksum">Verifies transport checksums.</param>
/// <param name="TransmitChecksum">Finishes them.</param>
/// <param name="ScatterGather">Sends a frame from several places.</param>
/// <param name="Segmentation">Cuts large TCP frames.</param>
/// <param name="SoftwareSegmentation">Large frames stay whole up to the driver, and are cut there.</param>
/// <param name="ReceiveOffload">The kernel joins segments that can be taken apart again: harmless, and useful.</param>
/// <param name="LargeReceive">
/// The device joins segments and does not say how long they were (netvsc): harmful to who forwards, and turned off by a port.
/// </param>
public sealed record DeviceOffloads(
    bool ReceiveChecksum,
    bool TransmitChecksum,
    bool ScatterGather,
    bool Segmentation,
    bool SoftwareSegmentation,
    bool ReceiveOffload,
    bool LargeReceive);
