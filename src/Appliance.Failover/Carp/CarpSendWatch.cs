namespace Appliance.Failover;

/// <summary>
/// Three advertisements in a row that could not be sent make a master worse, three that could make it good again (FreeBSD:
/// CARP_SENDAD_MAX_ERRORS, CARP_SENDAD_MIN_SUCCESS).
/// </summary>
internal struct CarpSendWatch
{
    public const int Threshold = 3;

    private int _errors;
    private int _successes;

    /// <summary>The sending side of the group's port does not work.</summary>
    public readonly bool IsFailing => _errors >= Threshold;

    public void OnSent(bool succeeded)
    {
        if (!succeeded)
        {
            _errors = Math.Min(_errors + 1, Threshold);
            _successes = 0;
            return;
        }

        bool stillFails = IsFailing && ++_successes < Threshold;
        if (!stillFails) this = default;
    }
}
