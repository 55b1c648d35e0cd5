namespace Appliance.Engine;

/// <summary>What a port can do by itself, so that it need not be done here.</summary>
[Flags]
public enum PortCapabilities
{
    None = 0,
    ReceiveChecksum = 1,        // gives a verdict on transport checksums
    TransmitChecksum = 2,       // finishes partial transport checksums
    Segmentation = 4,           // cuts large TCP frames
    LargeReceive = 8,           // may hand over large frames
    UdpSegmentation = 16,       // cuts large UDP frames, of up to 128 segments
}
