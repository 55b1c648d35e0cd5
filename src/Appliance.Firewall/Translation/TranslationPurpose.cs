using Appliance.Engine;

namespace Appliance.Firewall;

/// <summary>What translation draws for. The values enter the keyed function: never renumber.</summary>
internal static class TranslationPurpose
{
    public const RandomPurpose Port = (RandomPurpose)0x0401, Address = (RandomPurpose)0x0402, Flow = (RandomPurpose)0x0403,
        Claim = (RandomPurpose)0x0404, Source = (RandomPurpose)0x0405, Mapping = (RandomPurpose)0x0406;
}
