using System.Collections.Immutable;
using System.Globalization;
using Appliance.Configuration;
using Appliance.Engine;

namespace Appliance.Node;

/// <summary>
/// The secrets of a pair in a replay, which opens no file that holds one: what stands in the configuration counts, the rest follows from
/// the seed.
/// </summary>
internal static class ReplaySecrets
{
    private const int Digits = 16;                                      // of one draw

    public static PairSecrets Of(RuntimeModel model, ulong seed)
    {
        var random = KeyedRandom.FromSeed(seed);
        var secrets = ImmutableDictionary.CreateBuilder<string, SecretText>(StringComparer.Ordinal);
        foreach ((string key, FileReference named) in PairSecrets.FilesOf(model))
        {
            ulong file = (ulong)secrets.Count;
            int draws = key == PairSecrets.KeyFile ? PairSecrets.KeyDigits / Digits : 1;
            secrets[named.Path] = new SecretText(string.Concat(Enumerable.Range(0, draws).Select(
                draw => random.Draw(RandomPurpose.ReplaySecret, file, 0, (uint)draw).ToString("x16", CultureInfo.InvariantCulture))));
        }

        return PairSecrets.Known(secrets.ToImmutable());
    }

    /// <summary>The groups whose password is in a file: no advert of a capture can be known for theirs.</summary>
    public static ImmutableArray<int> UnreadGroupsOf(RuntimeModel model) => model.HighAvailability is { } pair
        ? [.. pair.Carp.Where(group => group.PasswordFile is not null).Select(group => group.Vhid)]
        : [];
}
