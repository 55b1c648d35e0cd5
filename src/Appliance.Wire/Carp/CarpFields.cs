namespace Appliance.Wire.Carp;

/// <summary>What an advertisement says, to be written as FreeBSD writes it (carp(4)): version 2, type 1, seven words of proof.</summary>
/// <param name="Vhid">1–255.</param>
/// <param name="AdvertisementBaseSeconds">0–255; 255 with a skew of 255 says that the sender leaves.</param>
/// <param name="AdvertisementSkew">0–255, in 1/256 s.</param>
/// <param name="Counter">Two 32-bit words, the upper first.</param>
public readonly record struct CarpFields(byte Vhid, byte AdvertisementBaseSeconds, byte AdvertisementSkew, ulong Counter)
{
    /// <summary>OpenBSD's byte; 0 to everybody else.</summary>
    public byte Demotion { get; init; }

    public static CarpFields From(CarpView view) => new(view.Vhid, view.AdvertisementBaseSeconds, view.AdvertisementSkew, view.Counter)
    {
        Demotion = view.Demotion,
    };

    /// <summary>
    /// Writes 36 bytes, which must be there, with digest and checksum of zero to be completed by <see cref="CarpHmac.Sign"/>; the view
    /// covers all of <paramref name="bytes"/>.
    /// </summary>
    public CarpView WriteTo(Span<byte> bytes)
    {
        DestinationTooShort.ThrowIf(bytes, CarpView.HeaderLength);
        bytes[..CarpView.HeaderLength].Clear();
        return new CarpView(bytes)
        {
            Version = CarpView.CurrentVersion,
            Type = CarpView.AdvertisementType,
            Vhid = Vhid,
            AdvertisementSkew = AdvertisementSkew,
            AuthenticationLength = CarpView.UsualAuthenticationLength,
            Demotion = Demotion,
            AdvertisementBaseSeconds = AdvertisementBaseSeconds,
            Counter = Counter,
        };
    }
}
