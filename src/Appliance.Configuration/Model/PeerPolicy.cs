namespace Appliance.Configuration;

/// <summary>Whose CARP adverts count.</summary>
public enum PeerPolicy
{
    Pair,                                                             // with a lane, only the peer's own
    Open,                                                             // any valid advert
}
