using ActorMig.Edges;
using ActorMig.Vms;

namespace ActorMig.Hosts;

/// <content>
/// The look at all VMs with which a round begins. One guest whose QEMU hangs keeps libvirt from answering it, while the connection is well: then nobody is
/// asked a second time, the loads stay what they were until the host's view is stale, and a person is told.
/// </content>
public sealed partial class HostActor
{
    /// <summary>Where rounds are short, a libvirt that only has much to do is given so long before it counts as silent.</summary>
    private const long SilentMinMs = 10_000;

    /// <summary>After so many such times the question or its answer counts as lost inside of the agent, and it is asked once more.</summary>
    private const int SilencesMax = 15;

    /// <summary>When the look was asked for that is waited for; null if none is.</summary>
    private long? _sampleAtMs;

    /// <summary>Since when no look was answered in time.</summary>
    private long? _unseenSinceMs;
    private bool _isSilenceSaid;

    /// <summary>How long the last look took. One that is slow each time, as with very many guests, is no silence.</summary>
    private long _tookMs;

    private long SilentMs => Math.Clamp(2 * _tookMs, Math.Max(options.RoundMs, SilentMinMs), 3 * Math.Max(options.RoundMs, SilentMinMs));

    private string SampleToken => FormattableString.Invariant($"{RoundTick}-{_sampleAtMs}");

    /// <summary>Why libvirt tells nothing although it is connected, with the remedy; null if it does.</summary>
    private string? Silence => _hypervisor is not null && _unseenSinceMs is { } since && Context.Now.MonotonicMs - since is var ms && ms >= SilentMs
        ? $"for {Words.Span(ms)} it has not told what runs here: a guest's QEMU hangs, or its own daemon does; `virsh domstats VM` of each VM shows which one does not answer. Until then nothing is measured, and no barter begins"
        : null;

    /// <summary>True if it was an answer to a look that a round began with.</summary>
    private bool HandleSample(object message)
    {
        switch (message)
        {
            case DomainsSampled sampled when _sampleAtMs is not null && sampled.Token == SampleToken:
                Take(sampled);
                return true;
            case HypervisorFailed failed when _sampleAtMs is not null && failed.Token == SampleToken:
                _sampleAtMs = null;
                if (!_isSilenceSaid)
                {
                    _unseenSinceMs = null;
                }

                Context.Note(302, $"Round {_round} saw nothing: {failed.Error}");
                return true;
            default:
                return false;
        }
    }

    /// <summary>Asks what runs, unless that is being waited for.</summary>
    private void BeginSample()
    {
        var nowMs = Context.Now.MonotonicMs;
        if (_sampleAtMs is { } atMs && nowMs - atMs < SilencesMax * SilentMs)
        {
            if (!_isSilenceSaid && Silence is { } silence)
            {
                _isSilenceSaid = true;
                Context.Note(318, $"libvirt of {options.HostName} is connected and silent: {silence}.");
            }

            return;
        }

        _round++;
        AskTraffic();
        _sampleAtMs = nowMs;
        _unseenSinceMs ??= nowMs;
        Context.Tell(edges.Hypervisor, new SampleDomains(Context.Self, SampleToken));
    }

    private void Take(DomainsSampled sampled)
    {
        var nowMs = Context.Now.MonotonicMs;
        var isLate = nowMs - _sampleAtMs >= SilentMs;
        (_tookMs, _sampleAtMs) = (nowMs - _sampleAtMs!.Value, null);
        if (isLate)
        {
            // Some counters are of the moment when it was asked, others of the moment when it went on: rates from both would be wrong.
            Context.StartTimer(RoundTick, RoundTick, 0);
            return;
        }

        if (_isSilenceSaid)
        {
            Context.Note(319, $"libvirt of {options.HostName} tells again what runs, after {Words.Span(nowMs - _unseenSinceMs!.Value)}: rounds go on.");
        }

        (_unseenSinceMs, _isSilenceSaid) = (null, false);
        Context.Tell(_vms!, new ObserveVms(Context.Self, _round, sampled));
        LookForForeign(sampled);
        TellDirectory(sampled);
        WatchTraffic(sampled);
    }

    /// <summary>What was asked of a connection that is gone is answered no more, or by nobody who counts.</summary>
    private void ForgetSample() => (_sampleAtMs, _unseenSinceMs, _isSilenceSaid) = (null, null, false);
}
