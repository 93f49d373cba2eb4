using ActorMig.Actors;
using ActorMig.Hosts;

namespace ActorMig.Vms;

/// <summary>Owns one <see cref="VmActor"/> per active domain, and gathers what they saw in a round.</summary>
internal sealed class VmsActor(ActorMigOptions options) : EphemeralActor
{
    private const string Deadline = "deadline";
    private const int ExpectedMax = 1_000;

    /// <summary>Only the newest observation matters to a VM's actor.</summary>
    private const int VmMessagesMax = 16;
    private readonly SortedDictionary<string, ActorRef> _vms = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, ExpectLoad> _expected = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, VmView> _seen = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, Neighbour> _nics = new(StringComparer.Ordinal);
    private ObserveVms? _question;

    protected override void Handle(object message)
    {
        switch (message)
        {
            case ObserveVms question:
                Ask(question);
                break;
            case VmObserved observed when observed.Round == _question?.Round:
                _seen[observed.View.Facts.Uuid] = observed.View;
                if (_seen.Count >= _question.Sample.Domains.Count)
                {
                    Answer();
                }

                break;
            case ObserveTraffic traffic:
                Tell(traffic);
                break;
            case ExpectLoad expect when _expected.Count < ExpectedMax:
                _expected[expect.Uuid] = expect;
                break;
            case ForgetLoad forget:
                _expected.Remove(forget.Uuid);
                break;
            case OptionsChanged changed:
                options = changed.Options;
                foreach (var vm in _vms.Values)
                {
                    Context.Tell(vm, changed);
                }

                break;
            case Deadline when _question is not null:
                Context.Note(101, $"{_question.Sample.Domains.Count - _seen.Count} VM actors did not answer in round {_question.Round}.");
                Answer();
                break;
            case Terminated ended:
                _vms.Remove(ended.Actor.Name);
                break;
        }
    }

    private void Ask(ObserveVms question)
    {
        _question = question;
        _seen.Clear();
        _nics.Clear();
        var present = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var domain in question.Sample.Domains)
        {
            present.Add(domain.Uuid);
            foreach (var mac in domain.Macs ?? [])
            {
                _nics[mac] = new Neighbour(mac, domain.Uuid, domain.Name, options.HostName);
            }

            if (!_vms.TryGetValue(domain.Uuid, out var vm))
            {
                _expected.Remove(domain.Uuid, out var expected);
                var self = Context.Self;
                vm = Context.Spawn(Props.Of(() => new VmActor(self, options, expected)).WithMailbox(VmMessagesMax, MailboxOverflow.DropOldest), domain.Uuid);
                Context.Watch(vm);
                _vms.Add(domain.Uuid, vm);
            }

            Context.Tell(vm, new ObserveVm(question.Round, domain, question.Sample.AtMonotonicMs));
        }

        foreach (var (uuid, vm) in _vms)
        {
            if (!present.Contains(uuid))
            {
                Context.Stop(vm);
            }
        }

        Context.StartTimer(Deadline, Deadline, options.PolicyMs);
        if (question.Sample.Domains.Count == 0)
        {
            Answer();
        }
    }

    private void Tell(ObserveTraffic traffic)
    {
        var parts = traffic.Counted.Unseen is null ? TrafficOfVms.Divide(traffic, _nics) : [];
        foreach (var (uuid, vm) in _vms)
        {
            Context.Tell(vm, parts.TryGetValue(uuid, out var part) ? part : new TrafficLost());
        }
    }

    private void Answer()
    {
        Context.CancelTimer(Deadline);
        foreach (var domain in _question!.Sample.Domains.Where(d => !_seen.ContainsKey(d.Uuid)))
        {
            // It is here and takes its memory, even if its actor is silent.
            _seen[domain.Uuid] = new VmView(
                new VmFacts(domain.Uuid, domain.Name, domain.MemoryBytes, domain.Vcpus, 0, domain.IsPersistent, domain.IsAutostart, Rules: options.Rules.Of(domain.Name, domain.Wish)),
                VmStatus.Paused, IsManaged: false, IsMeasured: false, IsStill: true);
        }

        Context.Tell(_question!.ReplyTo, new VmsObserved(_question.Round, [.. _seen.Values]));
        _question = null;
    }
}
