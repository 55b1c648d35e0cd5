namespace Appliance.Wire.Pcap;

/// <summary>Which way a packet went, as bits 0-1 of the pcapng flags word say it (draft-ietf-opsawg-pcapng §4.3.1).</summary>
public enum CaptureDirection : byte
{
    Unknown = 0,
    Inbound = 1,
    Outbound = 2,
}
