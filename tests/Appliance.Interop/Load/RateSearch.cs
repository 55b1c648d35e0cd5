namespace Appliance.Interop.Load;

internal static class RateSearch
{
    private const int Tries = 5;
    private const double FirstGuess = 500_000;          // frames a second

    /// <summary>The most frames a second that arrive, whatever is offered: a bounded search.</summary>
    /// <param name="sender">Who offers as fast as it can, then a little more than what has arrived so far.</param>
    /// <param name="sink">Where they arrive.</param>
    /// <param name="seconds">Of each try, about.</param>
    public static double FindBest(NumberedSender sender, NumberedSink sink, double seconds)
    {
        double best = 0, offered = double.PositiveInfinity;
        int frames = (int)(FirstGuess * seconds);
        for (int attempt = 0; attempt < Tries; attempt++)
        {
            sender.Send(frames, offered, sink.Expect);
            sink.AwaitQuiet(frames);
            best = Math.Max(best, sink.Tally.Rate);
            offered = best * (1.3 - (0.1 * attempt));
            frames = (int)(offered * seconds);
        }

        return best;
    }
}
