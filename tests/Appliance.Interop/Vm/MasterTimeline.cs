using System.Globalization;
using System.Text.RegularExpressions;
using Appliance.Interop.Live;

namespace Appliance.Interop.Vm;

/// <summary>Who says on a link that it is master, and when: adverts of CARP, as a switch sees them.</summary>
internal sealed partial class MasterTimeline : IDisposable
{
    private readonly Background _capture;

    public MasterTimeline(Host place, string link)
    {
        _capture = place.Start("tcpdump", "-l", "-tt", "-n", "-i", link, "ip proto 112 and dst host 224.0.0.18");
        _capture.AwaitLine("listening on");
    }

    /// <summary>Seconds since 1970, and the last byte of the sender's address, in order.</summary>
    public IReadOnlyList<(double Time, int Sender)> Adverts =>
    [
        .. _capture.Output.Select(line => Advert().Match(line)).Where(match => match.Success).Select(match => (
            double.Parse(match.Groups["time"].Value, CultureInfo.InvariantCulture),
            int.Parse(match.Groups["sender"].Value, CultureInfo.InvariantCulture))),
    ];

    /// <summary>Waits until one has been the only one for three seconds, two adverts at least.</summary>
    public void AwaitAlone(int sender) => Patience.Until(() => Alone == sender, () => $"{sender} does not become master: {_capture}");

    /// <summary>Waits until any has been, and answers which.</summary>
    public int AwaitAlone()
    {
        int? alone = null;
        Patience.Until(() => (alone = Alone) is not null, () => $"nobody alone is master: {_capture}");
        return alone!.Value;
    }

    private int? Alone
    {
        get
        {
            double since = Now - 3;
            int[] lately = [.. Adverts.Where(advert => advert.Time > since).Select(advert => advert.Sender)];
            return lately.Length >= 2 && lately.All(each => each == lately[0]) ? lately[0] : null;
        }
    }

    public static double Now => DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 1000.0;

    public void Dispose() => _capture.Dispose();

    [GeneratedRegex(@"^(?<time>\d+\.\d+) IP \d+\.\d+\.\d+\.(?<sender>\d+) > 224\.0\.0\.18", RegexOptions.CultureInvariant)]
    private static partial Regex Advert();
}
