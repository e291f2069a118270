"""What people answered about a partnership, each under the policy version it was answered under."""

from assessments.models.agreement import Agreement, Signature
from assessments.models.assessment import Assessment, Challenge, Judgement, Overall, Remark
from assessments.models.questionnaire import Answer, Response

__all__ = ["Agreement", "Answer", "Assessment", "Challenge", "Judgement", "Overall", "Remark", "Response", "Signature"]
