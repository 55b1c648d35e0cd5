namespace Appliance.Management;

/// <summary>A generation that goes unless somebody confirms it.</summary>
/// <param name="Seconds">That there were to confirm it.</param>
/// <param name="Until">The time of day when they have passed; looked at only after a restart, since that time can be set.</param>
/// <param name="Fallback">The number of the generation that returns.</param>
public sealed record PendingConfirmation(int Seconds, DateTimeOffset Until, int Fallback)
{
    /// <summary>The longest that may be asked for: a week.</summary>
    public const int MaximumSeconds = 7 * 24 * 3600;

    /// <summary>Seconds that are left after a restart: never more than there were, however the clock was set.</summary>
    public double LeftAt(DateTimeOffset now) => Math.Clamp((Until - now).TotalSeconds, 0, Seconds);
}
