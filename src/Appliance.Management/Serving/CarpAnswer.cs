using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Appliance.Configuration;
using Appliance.Engine;
using Appliance.Node;
using Microsoft.AspNetCore.Http;

namespace Appliance.Management;

/// <summary>What is asked and told of failover: at its own desk, since it has a thread of its own.</summary>
internal sealed class CarpAnswer(ControlDesk desk)
{
    private const int MostDemotion = 1 << 20;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(5);

    public Task ShowAsync(HttpContext context) => ReadAsync(
        context, static (control, model, _) => FailoverReading.ReadGroups(control, model), [], ManagementJson.Indented.CarpDocumentArray);

    public Task ShowSyncAsync(HttpContext context) => ReadAsync(
        context, static (control, model, now) => FailoverReading.ReadSync(control, model, now), [],
        ManagementJson.Indented.SyncDocumentArray);

    public Task StatusAsync(HttpContext context) =>
        ReadAsync(context, FailoverReading.ReadStatus, null, ManagementJson.Indented.CarpStatusDocument);

    /// <summary>Does it, and answers what is so behind it.</summary>
    public Task ChangeAsync(HttpContext context, string verb)
    {
        Action<FailoverControl, MonotonicTime> change = verb switch
        {
            "demote" => Demote(context.Request.Query["amount"]),
            "maintenance" => Maintain(context.Request.Query["state"]),
            "failover" => FailOver(context.Request.Query["back"]),
            _ => throw new RequestRefusedException(StatusCodes.Status404NotFound,
                $"carp {verb}: expected one of status, demote, maintenance, failover"),
        };
        bool? maintenance = verb == "maintenance" ? context.Request.Query["state"] == "on" : null;
        bool handsOver = maintenance ?? (verb == "failover" && !context.Request.Query.ContainsKey("back"));
        List<string> warnings = [];
        return ReadAsync(context, Behind, null, ManagementJson.Indented.CarpStatusDocument, BeforehandAsync);

        async Task BeforehandAsync(IFailoverDesk failover, CancellationToken patience)
        {
            if (maintenance is { } isOn && failover.KeepMaintenance(isOn) is { } unkept) warnings.Add(unkept);
            string? stayed = await ChangeAsync(failover, change, patience);
            if (!handsOver || stayed is null) return;
            if (maintenance is null) throw new RequestRefusedException(StatusCodes.Status409Conflict, stayed);
            warnings.Add($"{stayed}; out of service, but master until another takes over");
        }

        CarpStatusDocument Behind(FailoverControl control, RuntimeModel model, MonotonicTime now) =>
            FailoverReading.ReadStatus(control, model, now) with { Warnings = [.. warnings] };
    }

    /// <summary>
    /// Does it, and returns when it is done: groups that are handed over stay until the peer knows all states. Answers why those that were
    /// last to be handed over stayed here; null: they did not.
    /// </summary>
    private static async Task<string?> ChangeAsync(
        IFailoverDesk failover, Action<FailoverControl, MonotonicTime> change, CancellationToken patience)
    {
        (bool isDraining, string? stayed) = await failover.AskAsync(DoAndLook).WaitAsync(patience);
        while (isDraining)
        {
            await Task.Delay(Look, patience);
            (isDraining, stayed) = await failover.AskAsync(Watch).WaitAsync(patience);
        }

        return stayed;

        (bool IsDraining, string? Stayed) DoAndLook(FailoverControl control, MonotonicTime now)
        {
            change(control, now);
            return Watch(control, now);
        }

        static (bool IsDraining, string? Stayed) Watch(FailoverControl control, MonotonicTime now) =>
            (control.IsDraining, control.WhyNotHandedOver);
    }

    private static Action<FailoverControl, MonotonicTime> Demote(string? text)
    {
        bool isNumber = int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int amount);
        return isNumber && Math.Abs((long)amount) <= MostDemotion
            ? (control, now) => control.AdjustDemotion(amount, now)
            : throw new RequestRefusedException(
                StatusCodes.Status400BadRequest, $"carp demote {text}: expected a number from -{MostDemotion} to {MostDemotion}");
    }

    private static Action<FailoverControl, MonotonicTime> Maintain(string? state) => state is "on" or "off"
        ? (control, now) => control.SetMaintenance(state == "on", now)
        : throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"carp maintenance {state}: expected on or off");

    private static Action<FailoverControl, MonotonicTime> FailOver(string? back) => back switch
    {
        null => static (control, now) => control.HandOver(now),
        "true" => static (control, now) => control.TakeBack(now),
        _ => throw new RequestRefusedException(StatusCodes.Status400BadRequest, $"carp failover back={back}: expected true, or nothing"),
    };

    /// <param name="none">What there is to show where there is no pair; null: it is refused.</param>
    /// <param name="beforehand">What is to be done before it is read; null: nothing.</param>
    private async Task ReadAsync<T>(
        HttpContext context,
        Func<FailoverControl, RuntimeModel, MonotonicTime, T> read,
        T? none,
        JsonTypeInfo<T> type,
        Func<IFailoverDesk, CancellationToken, Task>? beforehand = null) where T : class
    {
        using CancellationTokenSource patience = ControlRequests.PatienceFor(context);
        (IFailoverDesk? failover, RuntimeModel model) = await desk.AskAsync(
            asked => (asked.Appliance.Failover, asked.Appliance.Node.Configuration), patience.Token);
        if (failover is not null && beforehand is not null) await beforehand(failover, patience.Token);
        T document = failover is not null
            ? await failover.AskAsync((control, now) => read(control, model, now)).WaitAsync(patience.Token)
            : none ?? throw new RequestRefusedException(
                StatusCodes.Status409Conflict, "the configuration has no high-availability: there is no CARP here");
        await ControlRequests.WriteAsync(context, JsonSerializer.SerializeToUtf8Bytes(document, type));
    }
}
