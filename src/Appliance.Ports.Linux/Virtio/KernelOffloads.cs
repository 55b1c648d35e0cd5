using Appliance.Engine;

namespace Appliance.Ports.Linux;

/// <summary>What the kernel does for every device behind a virtio header, in software where the device cannot.</summary>
internal static class KernelOffloads
{
    private static readonly Version UdpSegmentsSince = new(6, 2);       // virtio_net_hdr with VIRTIO_NET_HDR_GSO_UDP_L4

    public static PortCapabilities Capabilities { get; } =
        PortCapabilities.ReceiveChecksum | PortCapabilities.TransmitChecksum | PortCapabilities.Segmentation | PortCapabilities.LargeReceive
        | (Environment.OSVersion.Version >= UdpSegmentsSince ? PortCapabilities.UdpSegmentation : PortCapabilities.None);
}
