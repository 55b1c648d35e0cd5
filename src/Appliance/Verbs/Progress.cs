using System.Globalization;

namespace Appliance.Verbs;

/// <summary>One line that says how far long work is, on a terminal only.</summary>
internal static class Progress
{
    /// <summary>For work of so many steps. Null in a pipe.</summary>
    public static Action<int>? OfSteps(string work, int total)
    {
        if (Console.IsErrorRedirected) return null;
        return done =>
        {
            string line = string.Create(CultureInfo.InvariantCulture, $"\r{work} {done} of {total}");
            Console.Error.Write(done < total ? line : "\r" + new string(' ', line.Length) + "\r");
        };
    }

    /// <summary>For a replay. Null in a pipe.</summary>
    public static Action<long>? OnTerminal(ReplayFiles inputs)
    {
        if (Console.IsErrorRedirected) return null;
        long total = Math.Max(1, inputs.TotalBytes);
        int shown = -1;
        return frames =>
        {
            int percent = (int)(100 * inputs.ReadBytes / total);
            if (percent == shown) return;
            shown = percent;
            string line = string.Create(CultureInfo.InvariantCulture, $"\rreplaying {percent,3} %  {frames:N0} frames");
            Console.Error.Write(percent < 100 ? line : "\r" + new string(' ', line.Length) + "\r");
        };
    }
}
