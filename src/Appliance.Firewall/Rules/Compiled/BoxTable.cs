namespace Appliance.Firewall;

/// <summary>
/// Boxes by what of their numbers is under a mask, in so many buckets: those of the index from <paramref name="Directory"/> on.
/// </summary>
internal readonly record struct BoxTable(PacketNumbers Mask, int Directory, int Buckets);
